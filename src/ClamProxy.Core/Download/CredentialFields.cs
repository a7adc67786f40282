namespace ClamProxy.Core.Download;

/// <summary>Header fields that show who a client is: those of the standard, and those whose name says so, since everybody has one of his own.</summary>
internal static class CredentialFields
{
    private static readonly string[] s_words =
        ["auth", "cookie", "token", "secret", "key", "password", "credential", "session", "signature", "jfrog-art-api"];

    public static bool Contain(string name) => s_words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
