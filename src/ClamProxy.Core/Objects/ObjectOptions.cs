using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Objects;

/// <summary>Where the contents of jobs lie, and how much room they may take.</summary>
public sealed class ObjectOptions : ISettings
{
    private const string BucketTakes = "takes a bucket's name, the same as in STORAGE_URL where both are set";

    public static string Section => "Objects";

    /// <summary>
    /// The most bytes that are kept in a folder; what would be more is refused. Default: 50 GiB, a day of 500 uploads of 100 MB.
    /// </summary>
    [Setting("takes bytes, optionally with K, M or G: at least 1M", Bytes = true, Min = 1 << 20)]
    public long MaxTotal { get; init; } = 50L << 30;

    /// <summary>The bytes that are left free on the folder's file system. Default: 1 GiB.</summary>
    [Setting("takes bytes, optionally with K, M or G; 0 for none", Bytes = true, Min = 0)]
    public long MinFree { get; init; } = 1 << 30;

    /// <summary>The bucket that contents are kept in. Default: unset, a folder below DATA_PATH.</summary>
    [Setting(S3Place.Takes, Variable = "STORAGE_URL")]
    public string StorageUrl { get; init; } = "";

    /// <summary>The same bucket by its name, without a prefix. Default: unset.</summary>
    [Setting(BucketTakes, Variable = "S3_BUCKET")]
    public string Bucket { get; init; } = "";

    /// <summary>Whether contents are kept in a bucket.</summary>
    public bool AreInBucket => StorageUrl.Length + Bucket.Length > 0;

    /// <summary>The bucket; null: a folder.</summary>
    internal S3Place? Place =>
        StorageUrl.Length > 0 ? S3Place.Parse(StorageUrl) : Bucket.Length > 0 ? new S3Place(Bucket, "") : null;

    public IEnumerable<SettingProblem> Problems()
    {
        if (StorageUrl.Length > 0 && Place is null)
        {
            yield return new(nameof(StorageUrl), StorageUrl, S3Place.Takes);
        }
        else if (Bucket.Length > 0 && (!S3Place.IsBucket(Bucket) || Place!.Bucket != Bucket))
        {
            yield return new(nameof(Bucket), Bucket, BucketTakes);
        }
    }
}
