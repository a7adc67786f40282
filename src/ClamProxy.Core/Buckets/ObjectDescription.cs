using Amazon.S3.Model;

namespace ClamProxy.Core.Buckets;

/// <summary>What a placed object keeps of the one that it comes from, and what we add: written into each kind of request that makes one.
/// </summary>
internal sealed class ObjectDescription(ScannedObject scanned)
{
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
        headers.CacheControl = head.Headers.CacheControl;
        headers.ContentDisposition = head.Headers.ContentDisposition;
        headers.ContentEncoding = head.Headers.ContentEncoding;
        headers["Content-Language"] = head.Headers["Content-Language"];
        headers.ContentType = head.Headers.ContentType;
        headers.ExpiresUtc = head.Headers.ExpiresUtc;
        foreach (var name in head.Metadata.Keys)
        {
            metadata[name] = head.Metadata[name];
        }

        metadata[ObjectState.IdentityField] = scanned.Identity;
        if (scanned.Told.Sequencer is { } sequencer)
        {
            metadata[ObjectState.SequencerField] = $"{sequencer}";
        }
    }
}
