using ClamProxy.Core.Download;
using ClamProxy.Core.Download.Connections;
using ClamProxy.Core.Jobs.Callbacks;
using ClamProxy.Core.Names;
using ClamProxy.Core.Tests.Download;
using ClamProxy.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Core.Tests.Jobs;

/// <summary>Which callbacks are refused when they are asked for, before any name is looked up.</summary>
public sealed class CallbackTargetsTests
{
    [Theory]
    [InlineData("https://hooks.example.org/scans?token=1")]
    [InlineData("https://hooks.example.org")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]/")]
    public async Task PublicHostByHttps_IsTaken(string url) => Assert.Null(await ProblemAsync(url));

    [Theory]
    [InlineData("http://hooks.example.org/", "https")]
    [InlineData("ftp://hooks.example.org/", "https")]
    [InlineData("hooks.example.org", "https")]
    [InlineData("", "https")]
    [InlineData("https://user:password@hooks.example.org/", "password")]
    [InlineData("https://hooks.example.org/#a", "fragment")]
    [InlineData("https://hooks.example.org/ä", "ASCII")]
    [InlineData("https://hooks.example.org/a b", "https")]
    [InlineData("https://hooks.example.org:8443/", "CALLBACK_TARGETS")]
    [InlineData("https://127.0.0.1/", "CALLBACK_TARGETS")]
    [InlineData("https://127.1/", "CALLBACK_TARGETS")]
    [InlineData("https://2130706433/", "CALLBACK_TARGETS")]
    [InlineData("https://0x7f000001/", "CALLBACK_TARGETS")]
    [InlineData("https://0177.0.0.1/", "CALLBACK_TARGETS")]
    [InlineData("https://0.0.0.0/", "CALLBACK_TARGETS")]
    [InlineData("https://10.0.0.5/", "CALLBACK_TARGETS")]
    [InlineData("https://192.168.1.1/", "CALLBACK_TARGETS")]
    [InlineData("https://100.64.0.1/", "CALLBACK_TARGETS")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "CALLBACK_TARGETS")]
    [InlineData("https://[::1]/", "CALLBACK_TARGETS")]
    [InlineData("https://[::]/", "CALLBACK_TARGETS")]
    [InlineData("https://[::ffff:127.0.0.1]/", "CALLBACK_TARGETS")]
    [InlineData("https://[::ffff:7f00:1]/", "CALLBACK_TARGETS")]
    [InlineData("https://[64:ff9b::7f00:1]/", "CALLBACK_TARGETS")]
    [InlineData("https://[fe80::1]/", "CALLBACK_TARGETS")]
    [InlineData("https://[fd00:ec2::254]/", "CALLBACK_TARGETS")]
    [InlineData("https://localhost/", "CALLBACK_TARGETS")]
    [InlineData("https://LOCALHOST./", "CALLBACK_TARGETS")]
    [InlineData("https://redis/", "CALLBACK_TARGETS")]
    [InlineData("https://metadata.google.internal/", "CALLBACK_TARGETS")]
    public async Task NotPublicOrNoUrl_IsRefusedAndSaysWhy(string url, string says)
    {
        var problem = await ProblemAsync(url);

        Assert.Contains(says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongUrl_IsRefused() =>
        Assert.Contains("2048", await ProblemAsync($"https://hooks.example.org/{new string('a', 2048)}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://hooks.internal:8080/a", true)]
    [InlineData("https://hooks.internal/a", false)]
    [InlineData("http://10.1.2.3:9000/", true)]
    [InlineData("http://10.2.2.3:9000/", false)]
    [InlineData("https://a.example.org/", true)]
    [InlineData("https://other.example/", false)]
    [InlineData("http://169.254.169.254/", false)]
    public async Task Listed_OnlyThoseAreTakenByHttpToo(string url, bool isTaken)
    {
        var problem = await ProblemAsync(url, "hooks.internal:8080", "10.1.2.3", "*.example.org");

        Assert.Equal(isTaken, problem is null);
    }

    [Theory]
    [InlineData("https://hooks.example.org/", true)]
    [InlineData("https://HOOKS.example.org./", true)]
    [InlineData("https://a.hooks.example.org/", false)]
    [InlineData("https://other.example/", false)]
    public async Task SecretOfOneHostOnly_OtherHostsAreRefused(string url, bool isTaken)
    {
        var options = new CallbackOptions { Secrets = [$"hooks.example.org={CallbackReceiver.Secret}"] };

        var problem = await ProblemAsync(url, options);

        Assert.Equal(isTaken, problem is null);
        Assert.True(isTaken || problem!.Contains("CALLBACK_SECRETS", StringComparison.Ordinal));
    }

    private static Task<string?> ProblemAsync(string url, params string[] targets) =>
        ProblemAsync(url, new CallbackOptions { Secrets = [CallbackReceiver.Secret], Targets = targets });

    private static async Task<string?> ProblemAsync(string url, CallbackOptions options)
    {
        await using var upstream = new Upstream();
        var checkedTargets = new CallbackTargets(
            options,
            new CallbackSecrets(options),
            upstream.Services.GetRequiredService<NameResolver>(),
            upstream.Services.GetRequiredService<UpstreamProxies>(),
            NullLogger<UpstreamGuard>.Instance);
        var target = checkedTargets.Check(url, out var problem);
        Assert.Equal(problem is null, target is not null);
        Assert.Empty(upstream.Resolver.Asked);
        return problem;
    }
}
