using System.Net.Sockets;
using System.Security.Cryptography;

namespace ClamProxy.Configuration;

/// <summary>How a start that the operator can mend ends: with one line for each problem on stderr, and no stack trace.</summary>
internal static class StartFailure
{
    /// <summary>EX_CONFIG of sysexits.h: a supervisor can tell it from a crash, and not start again in a loop.</summary>
    public const int ExitCode = 78;

    /// <returns>The exit code of the process.</returns>
    public static int Report(IEnumerable<string> problems, TextWriter error)
    {
        foreach (var problem in problems)
        {
            error.WriteLine(problem);
        }

        return ExitCode;
    }

    /// <summary>Runs the process. An unreadable settings file and a port in use are reported as wrong settings are.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> run, TextWriter error)
    {
        try
        {
            return await run();
        }
        catch (InvalidDataException unreadable)
        {
            return Report([Line(unreadable)], error);
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return Report([Line(taken)], error);
        }
        catch (Exception certificate) when (IsCertificate(certificate))
        {
            return Report([$"Kestrel: {Line(certificate)}"], error);
        }
        catch (SocketException refused)
        {
            return Report([$"PORT, MANAGEMENT_PORT: {Line(refused)}"], error);
        }
    }

    // Kestrel says by these that a certificate of its configuration is not there, or cannot be opened.
    private static bool IsCertificate(Exception error) =>
        error is CryptographicException or FileNotFoundException or DirectoryNotFoundException
        || (error is InvalidOperationException && error.Source == "Microsoft.AspNetCore.Server.Kestrel.Core");

    // The outer exception says which file or port, the innermost one what is wrong with it.
    private static string Line(Exception error)
    {
        var cause = error.GetBaseException();
        return SettingText.OneLine(ReferenceEquals(cause, error) ? error.Message : $"{error.Message} {cause.Message}");
    }
}
