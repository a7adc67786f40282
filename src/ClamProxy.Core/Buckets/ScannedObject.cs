using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Buckets;

/// <summary>One object that was judged, and what has to be kept of it.</summary>
/// <param name="Told">The event.</param>
/// <param name="State">The version.</param>
/// <param name="Verdict">What was said of it.</param>
/// <param name="Tags">Its tags, with those of the scan.</param>
/// <param name="File">The bytes that were scanned; null: none were.</param>
internal sealed record ScannedObject(ObjectEvent Told, ObjectState State, ContentRecord Verdict, IReadOnlyList<Tag> Tags, SpoolFile? File)
{
    // So many that nobody finds two contents of one identity.
    private const int ShownDigits = 32;

    /// <summary>Tells contents of one key apart: by their hash; where nobody could hash it, by its version.</summary>
    public string Identity { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        Verdict.Sha256.Length > 0 ? Verdict.Sha256 : $"{State.Version.Tag} {State.Version.Id}")))[..ShownDigits];

    /// <summary>That of its event; null: the event is not known to be of this version.</summary>
    public ObjectSequencer? Sequencer => Told.VersionId is { } version && version == State.Version.Id ? Told.Sequencer : null;

    /// <summary>
    /// Whether a placed object comes from a later version: by the order of their events, where they have one, else by their times.
    /// </summary>
    public bool IsOlderThan(ObjectState placed) => (Sequencer, placed.Sequencer) is ({ } ours, { } theirs)
        ? ours < theirs
        : placed.SourcePutAt > State.Version.PutAt;
}
