using Amazon.S3.Model;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy.Core.Buckets;

/// <summary>One version of an object, and what its owner said of it.</summary>
/// <param name="Key">Its whole key.</param>
/// <param name="Version">Which version.</param>
/// <param name="Head">Type, fields and metadata, which a copy keeps.</param>
internal sealed record ObjectState(string Key, S3Version Version, GetObjectMetadataResponse Head)
{
    /// <summary>The metadata by which a placed object says which content it is.</summary>
    public const string IdentityField = "scan-identity";

    /// <summary>The metadata by which a placed object says which event it comes from.</summary>
    public const string SequencerField = "scan-sequencer";

    /// <summary>Null: it was not placed by us.</summary>
    public string? Identity => Head.Metadata[IdentityField];

    public ObjectSequencer? Sequencer => ObjectSequencer.Parse(Head.Metadata[SequencerField]);

    /// <summary>Why its bytes cannot be read for the time being: it is in an archive; null: they can.</summary>
    public string? Archived =>
        Head.StorageClass?.Value is "GLACIER" or "DEEP_ARCHIVE" && Head.RestoreInProgress != false && Head.RestoreExpiration is null
            ? Head.StorageClass.Value
            : null;
}
