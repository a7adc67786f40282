using System.Globalization;
using ClamProxy.Process.Tests.Objects;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Flows at a store that checks signatures, and that answers some requests otherwise than AWS and moto.</summary>
public sealed class BucketCephTests(CephFixture ceph) : FlowConformance, IClassFixture<CephFixture>
{
    private protected override IS3Server Server => ceph.Server;

    [Fact]
    public async Task NotificationsOfTheStoreItself_ArriveByPostEvents()
    {
        await using var rig = await FlowRig.StartAsync(ceph.Server);
        using var data = new TempFolder();
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        await rig.StartHostAsync(
            "--DOORS=api,buckets",
            $"--API_PORT={port}",
            $"--DATA_PATH={data.Path}",
            "--ClamProxy:Objects:MinFree=0",
            $"--ClamProxy:Buckets:uploads:Untrusted=s3://{rig.Untrusted}",
            $"--ClamProxy:Buckets:uploads:Clean=s3://{rig.Clean}",
            $"--ClamProxy:Buckets:uploads:Quarantine=s3://{rig.Quarantine}",
            "--ClamProxy:Buckets:uploads:Source=webhook",
            $"--ClamProxy:Buckets:uploads:Token={EventWorld.Token}");
        await rig.PushToAsync($"http://any:{EventWorld.Token}@127.0.0.1:{port}/events");

        await rig.PutAsync("a/ü + b.txt", Fine);
        await rig.PutAsync("large.bin", RandomBody.Of(6_000_000));
        await rig.PutAsync("bad.com", Eicar.Bytes);

        await FlowRig.UntilAsync(async () => (await rig.KeysAsync(rig.Untrusted)).Length == 0);
        Assert.Equal(["a/ü + b.txt", "large.bin"], await rig.KeysAsync(rig.Clean));
        Assert.Equal(2, (await rig.KeysAsync(rig.Quarantine)).Length);
        Assert.Equal(Fine, await rig.BytesAsync(rig.Clean, "a/ü + b.txt"));
    }
}
