namespace ClamProxy.Core.Clamd;

/// <summary>A content that a scanner must find something in before it is trusted.</summary>
/// <param name="Name">What the log calls it.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Advice">What is wrong with a scanner that says OK to it, and which line of clamd.conf to change.</param>
/// <param name="IsAboutLimits">It tests what <see cref="ClamdOptions.SilentLimits"/> may waive.</param>
internal sealed record Canary(string Name, ReadOnlyMemory<byte> Content, string Advice, bool IsAboutLimits)
{
    /// <summary>
    /// Makes the same again, in bytes that no clamd has seen: clamd remembers what it once called clean, even where it only lacked the
    /// descriptors to look inside. Null where there is nothing to look inside of.
    /// </summary>
    public Func<byte[]>? Fresh { get; init; }
}
