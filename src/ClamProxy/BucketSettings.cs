using ClamProxy.Configuration;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Buckets.Sns;
using ClamProxy.Core.Buckets.Sqs;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy;

/// <summary>What is set of buckets: their flows, and the stores that these are in.</summary>
internal sealed record BucketSettings(
    IReadOnlyDictionary<string, BucketFlowOptions> Flows, S3Options S3, SqsOptions Sqs, SnsOptions Sns, EventSourceOptions Events,
    CallbackOptions Callbacks, bool IsByCommand)
{
    public static BucketSettings Read(SettingsReader settings, S3Options s3, CallbackOptions callbacks)
    {
        var flows = new Dictionary<string, BucketFlowOptions>(settings.Read<BucketOptions>().Buckets, StringComparer.OrdinalIgnoreCase);
        var variables = settings.Read<BucketVariables>();
        if (variables.Flow is { } flow)
        {
            flows[BucketVariables.Name] = flow;
        }

        return new(
            flows,
            s3,
            settings.Read<SqsOptions>(),
            settings.Read<SnsOptions>(),
            settings.Read<EventSourceOptions>(),
            callbacks,
            variables.EventHandler == "cli");
    }

    /// <summary>Whether stores announce objects by POST /events.</summary>
    public bool TakesWebhooks => Flows.Values.Any(flow => flow.HasWebhook);

    /// <summary>What is not set and notices need; null: nothing.</summary>
    public string? NeedsSecrets => Callbacks.AreOn || Flows.Values.All(flow => flow.NoticeUrl.Length == 0)
        ? null
        : "CALLBACK_SECRETS: takes whsec_ and base64 of 24 to 64 random bytes; a flow with NoticeUrl needs it";

    public void AddTo(IServiceCollection services) => services.AddBuckets(Flows, S3, Sqs, Sns, Callbacks);

    /// <summary>What these doors need and is not set: one line each.</summary>
    public IEnumerable<string> MissingFor(DoorOptions doors, JobOptions jobs)
    {
        if (doors.Opens(Door.Buckets) && TakesWebhooks && !doors.Opens(Door.Api))
        {
            yield return "DOORS: takes api beside buckets where a flow has Source=webhook: POST /events is on the API's port";
        }
        else if (doors.Opens(Door.Buckets) && TakesWebhooks && jobs.DataPath.Length == 0)
        {
            yield return "DATA_PATH: takes the path of a folder that ClamProxy may create and write to; Source=webhook of a flow needs it";
        }

        if (doors.Opens(Door.Buckets) && NeedsSecrets is { } needed)
        {
            yield return needed;
        }

        if (doors.Opens(Door.Buckets) && !Flows.Values.Any(flow => flow.HasSource))
        {
            yield return IsByCommand
                ? "EVENT_HANDLER=cli: takes sqs, redis, kafka or webhook where DOORS opens buckets; clamproxy bucket s3://bucket/key "
                    + "scans one object"
                : "DOORS=buckets: takes at least one flow with Quarantine and Queue or Source in ClamProxy:Buckets, or "
                    + "QUARANTINE_BUCKET and EVENT_CONFIG";
        }
    }
}
