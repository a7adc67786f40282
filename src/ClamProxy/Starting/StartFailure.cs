using System.Net.Sockets;
using System.Security.Cryptography;
using ClamProxy.Configuration;

namespace ClamProxy.Starting;

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

    /// <summary>
    /// Starts the process. What the machine refuses (a file, a folder, a port, a certificate) is reported as wrong settings are; anything
    /// else is a bug and is thrown.
    /// </summary>
    public static async Task<int> GuardAsync(Func<Task<int>> start, TextWriter error)
    {
        try
        {
            return await start();
        }
        catch (Exception refused) when (Problem(refused) is { } problem)
        {
            return Report([problem], error);
        }
    }

    private static string? Problem(Exception refused) => refused switch
    {
        SocketException => $"PORT, MANAGEMENT_PORT: {Line(refused)}",
        _ when IsCertificate(refused) => $"Kestrel: {Line(refused)}",
        InvalidDataException or IOException or UnauthorizedAccessException => Line(refused),
        _ => null,
    };

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
