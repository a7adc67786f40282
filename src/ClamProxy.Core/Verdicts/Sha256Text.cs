namespace ClamProxy.Core.Verdicts;

/// <summary>The one spelling of a SHA-256 in keys and records.</summary>
public static class Sha256Text
{
    private const int Digits = 64;

    public static bool IsValid(string? text) => text is { Length: Digits } && text.All(char.IsAsciiHexDigitLower);
}
