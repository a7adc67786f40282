namespace ClamProxy.TestKit;

/// <summary>
/// ClamProxy as processes of tests run it: the build beside the tests, or a folder that CLAMPROXY_TESTS_PROGRAM names. ./test.sh names
/// one that is compiled ahead: hundreds of starts then compile less (decision 0082).
/// </summary>
public static class ProxyProgram
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("CLAMPROXY_TESTS_PROGRAM") is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;

    public static string File { get; } = Path.Combine(Folder, "clamproxy.dll");
}
