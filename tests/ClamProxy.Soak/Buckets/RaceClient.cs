using System.Globalization;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>Who puts objects into the untrusted bucket and changes them, and remembers what is to be there.</summary>
internal sealed class RaceClient(RaceBuckets buckets, string key)
{
    private const int Small = 100;

    public List<RaceObject> Objects { get; } = [];

    public RaceObject Last => Objects[^1];

    private bool HasVersions { get; set; } = buckets.Versioning == Versioning.On;

    public Task<RaceObject> PutAsync(RaceContent content)
    {
        var mark = Encoding.ASCII.GetBytes($"{(content == RaceContent.Infected ? "bad" : "good")} {key} {Objects.Count} ");
        return PutAsync(content, [.. mark, .. RandomBody.Of(SizeOf(content) - mark.Length)]);
    }

    public Task PutSameAsync() => PutAsync(RaceContent.Clean, Last.Bytes, Last);

    public async Task DeleteAsync()
    {
        await buckets.Client.DeleteObjectAsync(buckets.Untrusted, key);
        Replaced();
    }

    public async Task DeleteVersionAsync()
    {
        await buckets.Client.DeleteObjectAsync(buckets.Untrusted, key, Last.Told.VersionId);
        Last.IsAlive = false;
    }

    public async Task SuspendAsync()
    {
        await buckets.VersionAsync(buckets.Untrusted, VersionStatus.Suspended);
        HasVersions = false;
    }

    public Task ResumeAsync() => buckets.VersionAsync(buckets.Untrusted, VersionStatus.Enabled);

    /// <returns>False: there is nothing to tag.</returns>
    public async Task<bool> TagAsync()
    {
        try
        {
            await buckets.Client.PutObjectTaggingAsync(new PutObjectTaggingRequest
            {
                BucketName = buckets.Untrusted,
                Key = key,
                Tagging = new Tagging { TagSet = [new Tag { Key = "colour", Value = "blue" }] },
            });
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.MethodNotAllowed)
        {
            return false;
        }
    }

    private async Task<RaceObject> PutAsync(RaceContent content, byte[] bytes, RaceObject? same = null)
    {
        var request = new PutObjectRequest
        {
            BucketName = buckets.Untrusted,
            Key = key,
            InputStream = new MemoryStream(bytes),
            ContentType = "text/plain",
            TagSet = [new() { Key = "owner", Value = "me" }],
        };
        var put = await buckets.Client.PutObjectAsync(request);
        Replaced();
        var number = Objects.Count + 1;
        var told = new ObjectEvent(buckets.Untrusted, key)
        {
            VersionId = HasVersions ? put.VersionId : null,
            ETag = put.ETag.Trim('"'),
            Sequencer = ObjectSequencer.Parse(number.ToString("X16", CultureInfo.InvariantCulture)),
        };
        var added = same is null ? new RaceObject(number, content, bytes, told) : same.PutAgain(number, told);
        Objects.Add(added);
        return added;
    }

    /// <summary>What has no version of its own is not there any more.</summary>
    private void Replaced()
    {
        foreach (var one in Objects.Where(one => one.Told.VersionId is null))
        {
            one.IsAlive = false;
        }
    }

    private static int SizeOf(RaceContent content) => content switch
    {
        RaceContent.Clean or RaceContent.Infected => Small,
        RaceContent.CleanParts => RaceWorld.PartSize + 1,
        RaceContent.TooLarge => RaceWorld.Largest + 1,
        RaceContent.TooLargeParts => RaceWorld.CopyPartSize + 1,
    };
}
