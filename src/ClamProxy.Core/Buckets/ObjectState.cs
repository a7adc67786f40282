using System.Globalization;
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

    /// <summary>The metadata by which a placed object says when its source was put.</summary>
    public const string PutAtField = "scan-source-put-at";

    /// <summary>The metadata by which a placed object says which event it comes from.</summary>
    public const string SequencerField = "scan-sequencer";

    private static readonly string[] s_fields = [IdentityField, PutAtField, SequencerField];

    /// <summary>Null: it was not placed by us.</summary>
    public string? Identity => Head.Metadata[IdentityField];

    /// <summary>When the source of a placed object was put; null: it was not placed by us.</summary>
    public DateTimeOffset? SourcePutAt => DateTimeOffset.TryParse(
        Head.Metadata[PutAtField], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    public ObjectSequencer? Sequencer => ObjectSequencer.Parse(Head.Metadata[SequencerField]);

    /// <summary>
    /// Whether its version's id is of these bytes alone: in a bucket whose versioning is off or suspended there is none, or "null".
    /// </summary>
    public bool HasOwnVersion => Version.Id is not (null or "null");

    /// <summary>Why its bytes cannot be read for the time being: it is in an archive; null: they can.</summary>
    public string? Archived =>
        Head.StorageClass?.Value is "GLACIER" or "DEEP_ARCHIVE" && Head.RestoreInProgress != false && Head.RestoreExpiration is null
            ? Head.StorageClass.Value
            : null;

    /// <summary>Whether metadata of this name, with or without <c>x-amz-meta-</c>, is one of those.</summary>
    public static bool IsField(string name) =>
        s_fields.Any(field => name.EndsWith(field, StringComparison.OrdinalIgnoreCase));
}
