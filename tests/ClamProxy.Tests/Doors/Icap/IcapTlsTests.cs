using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ClamProxy.Configuration;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>ICAP over TLS, by Kestrel's own configuration.</summary>
public sealed class IcapTlsTests : IDisposable
{
    private const string Password = "key-password";
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    private readonly FakeOriginCertificate _certificate = new();

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task EndpointsCalledIcap_SpeakItWithTlsAndWithout()
    {
        var (plain, secure) = (FreePort.Next(), FreePort.Next());
        await using var world = await ProxyWorld.StartAsync(
            "--DOORS=proxy,icap",
            $"--Kestrel:Endpoints:Icap:Url=http://127.0.0.1:{plain}",
            $"--Kestrel:Endpoints:Icaps:Url=https://127.0.0.1:{secure}",
            $"--Kestrel:Certificates:Default:Path={_certificate.PkcsFile(Password)}",
            $"--Kestrel:Certificates:Default:Password={Password}");

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, secure, Cancelled);
        await using var tls = new SslStream(
            tcp.GetStream(), false, (_, shown, _, _) => shown?.GetCertHashString() == _certificate.Server.Thumbprint);
        await tls.AuthenticateAsClientAsync("localhost");
        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await OptionsAsync(tls), StringComparison.Ordinal);

        using var other = new TcpClient();
        await other.ConnectAsync(IPAddress.Loopback, plain, Cancelled);
        Assert.StartsWith("ICAP/1.0 200 OK\r\n", await OptionsAsync(other.GetStream()), StringComparison.Ordinal);

        // The log says of which it is ICAP's.
        var listeners = world.Services.GetRequiredService<IcapListeners>();
        Assert.True(listeners.HavePort(plain) && listeners.HavePort(secure));
        Assert.False(listeners.HavePort(world.Client.BaseAddress!.Port));

        // The proxy keeps its own port.
        world.Origin.On("/file", [1, 2, 3]);
        Assert.Equal(200, (await world.GetAsync("/file")).Status);
    }

    private static async Task<string> OptionsAsync(Stream stream)
    {
        await stream.WriteAsync(
            "OPTIONS icaps://localhost/respmod ICAP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancelled);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancelled);
    }
}
