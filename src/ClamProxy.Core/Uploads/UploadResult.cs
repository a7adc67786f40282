using ClamProxy.Core.Fetching;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Uploads;

/// <summary>What became of a request with a body.</summary>
/// <param name="Answer">Upstream's answer, scanned; or why there is none. Disposed of with this.</param>
public sealed record UploadResult(GateResult Answer) : IAsyncDisposable
{
    /// <summary>The verdict of the body that was let through to upstream; null: there was none, or it was not let through.</summary>
    public ContentRecord? Sent { get; init; }

    /// <summary>Bytes of that body.</summary>
    public long Length { get; init; }

    /// <summary>The body was larger than is taken, so that it was not read to its end.</summary>
    public bool IsTooLarge { get; init; }

    public ValueTask DisposeAsync() => Answer.DisposeAsync();
}
