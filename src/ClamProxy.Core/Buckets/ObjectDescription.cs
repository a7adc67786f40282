using System.Globalization;
using Amazon.S3.Model;

namespace ClamProxy.Core.Buckets;

/// <summary>What a placed object keeps of the one that it comes from, and what we add: written into each kind of request that makes one.
/// </summary>
internal sealed class ObjectDescription(ScannedObject scanned)
{
    private static readonly string[] s_fields =
        ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type"];

    public void Of(PutObjectRequest request)
    {
        request.TagSet = [.. scanned.Tags];
        Fill(request.Headers, request.Metadata);
    }

    public void Of(InitiateMultipartUploadRequest request)
    {
        request.TagSet = [.. scanned.Tags];
        Fill(request.Headers, request.Metadata);
    }

    public void Of(CopyObjectRequest request)
    {
        request.TagSet = [.. scanned.Tags];
        Fill(request.Headers, request.Metadata);
    }

    private void Fill(HeadersCollection headers, MetadataCollection metadata)
    {
        var head = scanned.State.Head;
        foreach (var name in s_fields)
        {
            if (head.Headers[name] is { Length: > 0 } value)
            {
                headers[name] = value;
            }
        }

        if (head.ExpiresString is { Length: > 0 } expires)
        {
            headers["Expires"] = expires;
        }

        // What a sender wrote into our fields does not count.
        foreach (var name in head.Metadata.Keys.Where(name => !ObjectState.IsField(name)))
        {
            metadata[name] = head.Metadata[name];
        }

        metadata[ObjectState.IdentityField] = scanned.Identity;
        metadata[ObjectState.PutAtField] = scanned.State.Version.PutAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        if (scanned.Sequencer is { } sequencer)
        {
            metadata[ObjectState.SequencerField] = $"{sequencer}";
        }
    }
}
