namespace ClamProxy.Core.Clamd;

/// <summary>What a scanner was shown to do, beyond finding what it must.</summary>
/// <param name="TrustedSize">The largest content, or member of an archive, in bytes, that it was shown to look at whole. Of anything larger
/// its OK says nothing.</param>
/// <param name="IsSilent">It says OK to what is over its limits, and <see cref="SilentLimits.Accept"/> lets it work.</param>
/// <param name="TellsEncrypted">It reports encrypted archives (AlertEncrypted); else it says OK to them.</param>
public sealed record ScannerLimits(long TrustedSize, bool IsSilent, bool TellsEncrypted)
{
    internal string EncryptedText =>
        TellsEncrypted ? "reported" : $"{Canaries.Encrypted.Advice}; zips are refused all the same, other kinds pass";
}
