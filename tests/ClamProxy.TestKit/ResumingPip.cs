namespace ClamProxy.TestKit;

/// <summary>A pip that resumes broken downloads (25.2 and later), which Debian's stable releases do not have yet.</summary>
public static class ResumingPip
{
    // As scripts/pip.sh has it.
    private static readonly string Wheel = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "clamproxy-tests/pip.whl");

    /// <summary>Runs pip on an index, with its default time-outs and no cache.</summary>
    /// <param name="home">Where it may leave files of its own.</param>
    /// <param name="index">The URL of a PEP 503 index.</param>
    /// <param name="arguments">The command, then its own arguments.</param>
    /// <exception cref="FileNotFoundException">There is no such pip here: ./test.sh fetches one.</exception>
    public static ServerProcess Start(TempFolder home, string index, params string[] arguments)
    {
        if (!File.Exists(Wheel))
        {
            throw new FileNotFoundException(
                $"{Wheel} is missing: run ./test.sh, which fetches what the tests need, or put the wheel of pip 25.2 or later there.");
        }

        return ServerProcess.Start(
            "python3",
            [
                "-m",
                "pip",
                arguments[0],
                "--isolated",
                "--no-cache-dir",
                "--disable-pip-version-check",
                "--no-input",
                "--index-url",
                index,
                .. arguments[1..]],
            new Dictionary<string, string> { ["PYTHONPATH"] = Wheel, ["HOME"] = home.Path, ["PIP_ROOT_USER_ACTION"] = "ignore" });
    }
}
