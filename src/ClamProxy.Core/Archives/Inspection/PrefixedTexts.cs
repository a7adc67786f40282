namespace ClamProxy.Core.Archives.Inspection;

/// <summary>Has what the scanner passes over scanned in its text form, in as few scans as its size allows.</summary>
/// <param name="most">As many bytes as the scanner looks at.</param>
/// <param name="scan">Scans one.</param>
internal sealed class PrefixedTexts(long most, Func<PrefixedContent, Task> scan)
{
    private PrefixedContent _next = PrefixedContent.Text();

    /// <param name="open">Opens it from its beginning, until <see cref="FinishAsync"/>.</param>
    /// <param name="length">In bytes.</param>
    public async Task AddAsync(Func<Stream> open, long length)
    {
        if (_next.Length + length > most)
        {
            await FinishAsync().ConfigureAwait(false);
        }

        _next.Add(open, length);
    }

    /// <summary>Scans what has not been scanned yet.</summary>
    public async Task FinishAsync()
    {
        if (_next.IsEmpty)
        {
            return;
        }

        await scan(_next).ConfigureAwait(false);
        _next = PrefixedContent.Text();
    }
}
