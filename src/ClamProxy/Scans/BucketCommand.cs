using ClamProxy.Commands;
using ClamProxy.Core.Buckets;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Objects.S3;
using ClamProxy.Starting;

namespace ClamProxy.Scans;

/// <summary>
/// <c>clamproxy bucket s3://bucket/key</c>: an object goes through its flow although nobody announced it; with <c>--sweep</c>, all of a
/// bucket or prefix.
/// </summary>
internal static class BucketCommand
{
    /// <summary>The word that begins its command line.</summary>
    public const string Name = "bucket";

    /// <param name="args">What stands behind <c>bucket</c>.</param>
    /// <returns>The exit code: see <see cref="CommandExit"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (arguments, exitCode) = BucketArguments.Parse(args, Console.Out, Console.Error);
        if (arguments is null)
        {
            return exitCode;
        }

        var (host, problems) = ScanHost.Build(isRecorded: true, also: (settings, services) =>
        {
            var buckets = BucketSettings.Read(settings, settings.Read<S3Options>(), settings.Read<CallbackOptions>());
            buckets.AddTo(services);
            return buckets.Flows.Count > 0
                ? new[] { buckets.NeedsSecrets }.OfType<string>().ToList()
                : ["clamproxy bucket: needs a flow in ClamProxy:Buckets, or QUARANTINE_BUCKET"];
        });
        if (host is null)
        {
            return StartFailure.Report(problems, Console.Error);
        }

        using var stop = new StopBySignal();
        using (host)
        {
            await host.StartAsync(stop.Token);
            var run = new BucketRun(host.Services.GetRequiredService<BucketScans>(), Console.Error, TimeProvider.System);
            var code = await run.RunAsync(arguments, ScanCommand.Report(arguments.IsJson), stop.Token);
            await host.StopAsync();
            return code;
        }
    }
}
