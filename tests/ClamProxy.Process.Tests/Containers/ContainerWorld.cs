using System.Diagnostics;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Containers;

/// <summary>
/// A container engine, the image built by the Dockerfile as it is on stand-in bases, the sidecar's where its program is compiled already,
/// and a stand-in for ClamAV's image.
/// </summary>
public sealed class ContainerWorld : IAsyncLifetime
{
    /// <summary>As docker-compose.yml calls it.</summary>
    public const string Image = "clamproxy:local";

    /// <summary>As deploy/sidecar-compose.yml calls it.</summary>
    public const string SidecarImage = "clamproxy-sidecar:local";

    // For a build that hangs: beside the other tests three minutes of computing have taken more than ten.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan HealthLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly TempFolder _signatures = new();
    private ContainerEngine? _engine;
    private string _whyNot = "";

    /// <summary>The engine; where there is none the test is skipped, with what this machine lacks.</summary>
    public ContainerEngine Engine
    {
        get
        {
            Assert.SkipUnless(_whyNot.Length == 0, $"no container can be run: {_whyNot}");
            return _engine!;
        }
    }

    public static void SkipUnlessBuilt(string image) => Assert.SkipUnless(
        image == Image || ProxyProgram.Tested.IsNative, "no machine code: ./test.sh compiles it, CLAMPROXY_TESTS_PROGRAM names its folder");

    public async ValueTask InitializeAsync()
    {
        _whyNot = await ContainerEngine.WhyNotAsync();
        if (_whyNot.Length > 0)
        {
            return;
        }

        await File.WriteAllTextAsync(_signatures.File("daily.ndb"), Eicar.NdbSignature + "\n", TestContext.Current.CancellationToken);
        _engine = await ContainerEngine.StartAsync();
        await _engine.BuildAsync(Image, BuildLimit);
        if (ProxyProgram.Tested.IsNative)
        {
            await _engine.BuildSidecarAsync(SidecarImage, ProxyProgram.Tested.Folder);
        }

        await _engine.AddStandInAsync("clamav", "localhost/clamav/clamav:1.4", _signatures.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _signatures.Dispose();
    }

    /// <summary>Waits until the container's own health check has passed.</summary>
    public async Task WaitUntilHealthyAsync(string container)
    {
        var waited = Stopwatch.StartNew();
        while ((await Engine.PodmanAsync("inspect", container, "--format", "{{.State.Health.Status}}")).Trim() != "healthy")
        {
            if (waited.Elapsed > HealthLimit)
            {
                var log = await Engine.PodmanAsync("logs", container);
                Assert.Fail($"{container} is not healthy after {HealthLimit}:\n{log}\n{await Engine.PodmanAsync("inspect", container)}");
            }

            await Task.Delay(Between, TestContext.Current.CancellationToken);
        }
    }
}
