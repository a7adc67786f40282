using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClamProxy.Core.Redis;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Redis;

/// <summary>Passwords, databases, TLS: what gets in, what does not, and that no password shows anywhere.</summary>
public sealed class RedisAccessTests
{
    private const string Password = "s3cret p@ss/é#%";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static RedisOptions Quick =>
        new() { BreakerRest = TimeSpan.FromMilliseconds(100), BreakerRestMax = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public async Task RightPassword_IsLetIn()
    {
        await using var redis = await RedisProcess.StartAsync(Password);
        using var test = new RedisUnderTest(redis.Url);
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
        ShowsNoPassword(test);
    }

    [Theory]
    [InlineData("redis://:s3cret-wrong@127.0.0.1:{0}", "--requirepass", "s3cret-right")]
    [InlineData("redis://127.0.0.1:{0}", "--requirepass", "s3cret-right")]
    [InlineData("redis://:s3cret@127.0.0.1:{0}", "--rename-command", "AUTH", "NOTHING", "--requirepass", "s3cret")]
    public async Task WrongPassword_IsAMissAndShowsNowhere(string url, params string[] settings)
    {
        await using var redis = await RedisProcess.StartAsync(null, settings);
        using var test = new RedisUnderTest(string.Format(null, System.Text.CompositeFormat.Parse(url), redis.Port), Quick);
        await test.UntilAsync(() => test.Log.Contains("is left alone", StringComparison.Ordinal));
        Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.False(test.Store.State.IsAvailable);
        ShowsNoPassword(test);
    }

    [Fact]
    public async Task DatabaseOfTheUrl_IsTheOneUsed()
    {
        await using var redis = await RedisProcess.StartAsync();
        using var test = new RedisUnderTest(redis.Url + "/5");
        await test.ConnectedAsync();
        await RedisTroubleTests.SavedIsFoundAsync(test);
        Assert.Equal(":0", await redis.AskAsync("DBSIZE"));
    }

    [Fact]
    public async Task CertificateOfNobody_IsNotTrusted()
    {
        using var folder = new TempFolder();
        var (certificate, key) = SelfSigned(folder);
        await using var redis = await RedisProcess.StartTlsAsync(certificate, key);
        using var test = new RedisUnderTest(redis.Url, Quick);
        await test.UntilAsync(() => test.Log.Contains("is left alone", StringComparison.Ordinal));
        await test.Store.SaveUrlAsync(Records.Url, Records.CleanUrl, null, Cancellation);
        Assert.Null(await test.Store.FindUrlAsync(Records.Url, Cancellation));
        Assert.Contains("certificate", test.Store.State.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddressesInItsCertificate_AreNotFetchedAndAMissingIntermediateIsTold()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        var (certificate, key) = chain.Files(withIntermediate: false);
        await using var redis = await RedisProcess.StartTlsAsync(certificate, key);
        using var test = new RedisUnderTest(redis.Url, Quick);

        await test.UntilAsync(
            () => test.Store.State.Problem?.Contains("did not send the intermediate certificate", StringComparison.Ordinal) is true);
        Assert.Equal(0, server.Connections);
        Assert.False(chain.IsIntermediateKept);
    }

    [Fact]
    public async Task WholeChainToATrustedRoot_IsLetInByName()
    {
        await using var server = new FakeCertificateServer();
        using var chain = new FakeCertificateChain(server);
        var (certificate, key) = chain.Files(withIntermediate: true);
        await using var redis = await RedisProcess.StartTlsAsync(certificate, key);
        await using var clamd = FakeClamd.OnTcp();
        await using var proxy = await ProxyProcess.StartAsync(new Dictionary<string, string>
        {
            ["CLAMD_HOSTS"] = clamd.Endpoint,
            ["REDIS_URL"] = redis.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            ["SSL_CERT_FILE"] = chain.RootFile,
        });

        var ready = "";
        for (
            var waited = Stopwatch.StartNew(); !ready.Contains(
                "\"name\": \"redis\",\n    \"available\": true", StringComparison.Ordinal); await Task.Delay(20, Cancellation))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), $"{ready}\n{proxy.Log}");
            ready = await proxy.Management.GetStringAsync(new Uri("/readyz", UriKind.Relative), Cancellation);
        }

        Assert.Equal(0, server.Connections);
    }

    private static void ShowsNoPassword(RedisUnderTest test)
    {
        Assert.DoesNotContain("s3cret", test.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", test.Store.State.ToString(), StringComparison.Ordinal);
    }

    private static (string Certificate, string Key) SelfSigned(TempFolder folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(folder.File("redis.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.File("redis.key"), key.ExportPkcs8PrivateKeyPem());
        return (folder.File("redis.crt"), folder.File("redis.key"));
    }
}
