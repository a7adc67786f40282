using ClamProxy.Core.Admission;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Clamd;

/// <summary>One content to be scanned.</summary>
/// <param name="Length">Its size in bytes; negative when it is not known beforehand (a decoder's output). A known length is enforced:
/// a source that turns out shorter or longer is never clean.</param>
/// <param name="File">A readable regular file that holds exactly the content and that nobody changes any more, or null. It stays the
/// caller's.</param>
/// <param name="OpenStream">Opens a fresh stream of the content; called once per attempt, disposed by the client. What it throws reaches
/// the caller unchanged: a source that cannot be read is not the scanner's fault.</param>
public sealed record ScanSource(long Length, SafeFileHandle? File, Func<Stream> OpenStream)
{
    /// <summary>Who asked, however the caller tells clients apart: clients take turns. Null is nobody in particular, and all of those are
    /// one client together. Held in memory while it waits; never logged or sent anywhere.</summary>
    public string? Client { get; init; }

    /// <summary>Who wants it, where that changes while it waits; it is served in the turn of the one whose comes first. Takes the place of
    /// <see cref="Client"/>.</summary>
    public WaitingClients? WantedBy { get; init; }

    /// <summary>It may wait until nobody else does: a rescan in idle time. It has no turn and no waiting place of a client's.</summary>
    public bool IsBackground { get; init; }
}
