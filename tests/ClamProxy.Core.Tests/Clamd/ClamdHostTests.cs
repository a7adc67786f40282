using ClamProxy.Core.Clamd;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Core.Tests.Clamd;

/// <summary>How long a scanner rests.</summary>
public sealed class ClamdHostTests
{
    private static readonly ClamdException Refused = new(ScannerFault.Refused, "it refuses connections");
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRestAtMost = FirstRest * 1.2;
    private static readonly ClamdOptions Options = new() { RestTime = FirstRest, RestTimeMax = TimeSpan.FromMinutes(1) };

    [Fact]
    public void ManyScansUnderWay_MeetOneSetback()
    {
        using var host = UpHost();
        for (var scan = 0; scan < 40; scan++)
        {
            host.ScanFailed(Refused, isRepeat: false);
        }

        Assert.InRange(host.Pause, TimeSpan.Zero, FirstRestAtMost);
    }

    [Fact]
    public void ProbesThatFail_LengthenTheRest()
    {
        using var host = UpHost();
        host.ScanFailed(Refused, isRepeat: false);
        host.ProbeFailed(Refused);
        Assert.InRange(host.Pause, FirstRestAtMost, FirstRestAtMost * 2);
    }

    private static ClamdHost UpHost()
    {
        var host = new ClamdHost(ClamdEndpoint.Parse("127.0.0.1:3310"), Options, TimeProvider.System, NullLogger.Instance);
        host.Answered(null);
        return host;
    }
}
