namespace ClamProxy.Configuration;

/// <summary>How a start with wrong settings ends: one line for each problem on stderr and nothing else.</summary>
internal static class SettingsFailure
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
}
