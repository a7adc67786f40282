namespace ClamProxy.TestKit;

/// <summary>ClamProxy as processes of tests run it.</summary>
/// <param name="folder">The build.</param>
public sealed class ProxyProgram(string folder)
{
    private const string Native = "clamproxy";

    /// <summary>
    /// What .NET runs: the build beside the tests, or a folder that CLAMPROXY_TESTS_DOTNET_PROGRAM names. ./test.sh names what is
    /// published.
    /// </summary>
    public static ProxyProgram OfDotnet { get; } = new(Named("CLAMPROXY_TESTS_DOTNET_PROGRAM") ?? AppContext.BaseDirectory);

    /// <summary>
    /// The same, or what a folder has that CLAMPROXY_TESTS_PROGRAM names. ./test.sh names one of machine code: a thousand starts then
    /// compile nothing (decision 0085).
    /// </summary>
    public static ProxyProgram Tested { get; } = Named("CLAMPROXY_TESTS_PROGRAM") is { } folder ? new(folder) : OfDotnet;

    public string Folder { get; } = folder;

    /// <summary>Whether it is machine code, which needs no .NET.</summary>
    public bool IsNative { get; } = !File.Exists(Path.Combine(folder, "clamproxy.dll"));

    /// <summary>What starts it, for a shell.</summary>
    public string Line => string.Join(' ', CommandIn(Folder));

    /// <param name="place">Where whoever starts it sees its folder.</param>
    public string[] CommandIn(string place) =>
        IsNative ? [Path.Combine(place, Native)] : ["dotnet", Path.Combine(place, "clamproxy.dll")];

    /// <summary>Runs it with these arguments, behind a command that runs others if there is one.</summary>
    public ServerProcess Run(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null, params IEnumerable<string> before)
    {
        string[] command = [.. before, .. CommandIn(Folder), .. arguments];
        return ServerProcess.Start(command[0], command[1..], variables);
    }

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder ? folder : null;
}
