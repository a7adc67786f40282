using ClamProxy.Core.Objects.S3;
using ClamProxy.Core.Settings;

namespace ClamProxy.Core.Buckets;

/// <summary>One bucket whose objects are scanned, and where they go.</summary>
public sealed class BucketFlowOptions
{
    private const string TakesPlace = "takes s3://bucket or s3://bucket/prefix";

    /// <summary>Where objects arrive that nobody has scanned.</summary>
    [Setting(TakesPlace)]
    public string Untrusted { get; init; } = "";

    /// <summary>Where clean objects go, under their own keys. Needed unless the action is tag.</summary>
    [Setting(TakesPlace)]
    public string Clean { get; init; } = "";

    /// <summary>Where all other objects go, each with a report beside it. Needed unless the action is tag.</summary>
    [Setting(TakesPlace)]
    public string Quarantine { get; init; } = "";

    /// <summary>What becomes of objects. Default: move.</summary>
    [Setting("takes move, copy or tag")]
    public BucketAction Action { get; init; }

    internal S3Place? UntrustedPlace => S3Place.Parse(Untrusted);

    internal S3Place? CleanPlace => S3Place.Parse(Clean);

    internal S3Place? QuarantinePlace => S3Place.Parse(Quarantine);

    internal IEnumerable<SettingProblem> Problems()
    {
        if (UntrustedPlace is not { } untrusted)
        {
            yield return new(nameof(Untrusted), Untrusted, TakesPlace);
            yield break;
        }

        foreach (var (name, value, place) in ((string, string, S3Place?)[])
            [(nameof(Clean), Clean, CleanPlace), (nameof(Quarantine), Quarantine, QuarantinePlace)])
        {
            if (place is null && (value.Length > 0 || Action != BucketAction.Tag))
            {
                yield return new(name, value, TakesPlace);
            }
            else if (place is not null && Action != BucketAction.Tag && place == untrusted)
            {
                yield return new(name, value, $"{TakesPlace} other than Untrusted");
            }
        }

        if (CleanPlace is { } clean && clean == QuarantinePlace)
        {
            yield return new(nameof(Quarantine), Quarantine, $"{TakesPlace} other than Clean");
        }
    }
}
