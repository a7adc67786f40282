using ClamProxy.Configuration;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Jobs.Doors;
using ClamProxy.Core.Jobs.Kafka;
using ClamProxy.Core.Objects;
using ClamProxy.Core.Objects.S3;

namespace ClamProxy;

/// <summary>What is set of jobs: the queue, their contents and who is told of them.</summary>
internal sealed record JobSettings(JobOptions Jobs, ObjectOptions Objects, S3Options S3, KafkaOptions Kafka, CallbackOptions Callbacks)
{
    public static JobSettings Read(SettingsReader settings) => new(
        settings.Read<JobOptions>(),
        settings.Read<ObjectOptions>(),
        settings.Read<S3Options>(),
        settings.Read<KafkaOptions>(),
        settings.Read<CallbackOptions>());

    /// <summary>What these doors need and is not set: one line each.</summary>
    public IEnumerable<string> MissingFor(DoorOptions doors, DoorScanOptions scans)
    {
        var isKafka = Kafka.ServersOf(Jobs) is not null;
        var needsFolder = isKafka || Jobs.QueueUrl.Length == 0 || !Objects.AreInBucket;
        if ((doors.HasJobs || scans.IsByWorkers) && needsFolder && Jobs.DataPath.Length == 0)
        {
            var why = doors.HasJobs ? "DOORS opens api or worker, which need it" : "SCAN_BY=workers needs it";
            yield return $"DATA_PATH: takes the path of a folder that ClamProxy may create and write to; {why}";
        }

        if (scans.IsByWorkers && doors.Opens(Door.Worker))
        {
            yield return "SCAN_BY=workers: takes self where DOORS opens worker: workers scan with the scanners of their own process";
        }

        if (scans.IsByWorkers && isKafka)
        {
            yield return "SCAN_BY=workers: takes self where jobs are on Kafka: their messages hold no scans of doors";
        }

        // Callbacks that only another machine knows of are told by none.
        if (doors.HasJobs && isKafka && Callbacks.AreOn && Kafka.ResultsUrl.Length == 0)
        {
            yield return "RESULTS_URL: takes a URL as REDIS_URL does, such as redis://redis:6379/1; CALLBACK_SECRETS with Kafka needs it";
        }
    }
}
