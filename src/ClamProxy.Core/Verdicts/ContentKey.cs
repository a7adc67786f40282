namespace ClamProxy.Core.Verdicts;

/// <summary>The key of one content's record.</summary>
public readonly record struct ContentKey
{
    private const string Prefix = "clamproxy:v1:content:";

    private readonly string? _sha256;

    private ContentKey(string sha256) => _sha256 = sha256;

    /// <summary>The content's SHA-256: 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => _sha256 ?? throw new InvalidOperationException("This key was never made: use ContentKey.For.");

    /// <summary>The key as the stores hold it: <c>clamproxy:v1:content:</c> and the digits.</summary>
    public string Text => Prefix + Sha256;

    /// <exception cref="ArgumentException">Not 64 lower-case hexadecimal digits.</exception>
    public static ContentKey For(string sha256) => Sha256Text.IsValid(sha256)
        ? new ContentKey(sha256)
        : throw new ArgumentException("A SHA-256 is 64 lower-case hexadecimal digits.", nameof(sha256));

    public override string ToString() => Text;
}
