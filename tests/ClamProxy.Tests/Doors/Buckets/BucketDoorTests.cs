using System.Diagnostics;
using System.Text.RegularExpressions;
using ClamProxy.Core.Scanning;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Doors.Buckets;

/// <summary>
/// A flow of buckets as a door that takes contents: what is sent is an object of the untrusted bucket, and the answer is where it ended. A
/// client that leaves deletes its object.
/// </summary>
public sealed partial class BucketDoorTests : ContentDoorConformance, IAsyncLifetime
{
    /// <summary>A busy machine may let one test of a scanner fail.</summary>
    private const int LooksUntilDown = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private BucketRig _rig = null!;

    protected override string[] DoorSettings => _rig.Settings();

    /// <summary>It is the store that breaks off.</summary>
    protected override string CutReason => "objects-unavailable";

    public async ValueTask InitializeAsync() => _rig = await BucketRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private protected override async Task<DoorAnswer?> SendAsync(ProxyWorld world, SentContent content, CancellationToken leaving)
    {
        var key = $"{Guid.NewGuid():N}/{content.Name}";
        await _rig.PutAsync(world, key, new FakeS3Object(content.Bytes) { CutAfter = content.CutAfter });
        try
        {
            var waited = Stopwatch.StartNew();
            var scanners = world.ScanningServices.GetRequiredService<IScanners>();
            DoorAnswer? answer;
            for (var down = 0; (answer = Placed(key, content) ?? await FailedAsync(world)) is null; down = scanners.CanScan ? 0 : down + 1)
            {
                if (down == LooksUntilDown)
                {
                    // Nothing is tried without a scanner.
                    return new DoorAnswer.Failed("scanner-unavailable");
                }

                Assert.True(waited.Elapsed < Limit, $"waited {Limit} for the end of {key}");
                await Task.Delay(20, leaving);
            }

            return answer;
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            _rig.Store.Delete(BucketRig.Untrusted, key);
            throw;
        }
    }

    private DoorAnswer? Placed(string key, SentContent content)
    {
        if (_rig.Store.Find(BucketRig.Untrusted, key) is not null)
        {
            return null;
        }

        var (clean, bad) = (_rig.Store.Find(BucketRig.Clean, key), _rig.Store.Find(BucketRig.Quarantine, key));
        Assert.Single([clean, bad], placed => placed is not null);
        Assert.Equal(content.Bytes, (clean ?? bad)!.Bytes);
        Assert.Equal(bad is not null, _rig.Store.Find(BucketRig.Quarantine, $"{key}.report.json") is not null);
        return clean is not null ? new DoorAnswer.Passed() : new DoorAnswer.Refused(bad!.Tags["scan-status"]);
    }

    /// <summary>Why it stays.</summary>
    private static async Task<DoorAnswer?> FailedAsync(ProxyWorld world)
    {
        var failures = Failures().Match(await world.Management.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        return failures.Success ? new DoorAnswer.Failed(failures.Groups["reason"].Value) : null;
    }

    [GeneratedRegex("""^clamproxy_buckets_failures_total\{reason="(?<reason>[^"]+)"\} [1-9]""", RegexOptions.Multiline)]
    private static partial Regex Failures();
}
