using ClamProxy.Core.Download;
using ClamProxy.Core.Fetching;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Fetching;

/// <summary>A request is hashed once for what it selects, however often it is looked up.</summary>
public sealed class RequestKeysTests
{
    private static readonly KeyValuePair<string, string>[] Fields =
    [
        new("Authorization", "Basic abc"), new("If-None-Match", "\"a\""), new("Via", "1.1 a")
    ];

    [Fact]
    public void Immutable_IsHashedOnceForAllItsKeys()
    {
        var request = Request(Fields);

        Assert.Equal(request.Keys.Content, request.Keys.Stored);
        Assert.Contains(request.Keys.Content.Url.Text, request.Keys.Answer([]), StringComparison.Ordinal);
        Assert.DoesNotContain("abc", request.Keys.Answer([]), StringComparison.Ordinal);
        Assert.Equal(1, request.Keys.Hashes);
    }

    [Fact]
    public void MayChange_HasAKeyOfItsOwnInTheStore()
    {
        var request = Request(Fields) with { CacheScan = false, Freshness = new Freshness(default, default) };

        Assert.NotEqual(request.Keys.Content.Url, request.Keys.Stored.Url);
        Assert.Equal((request.Keys.Stored.Url, 2), (request.Keys.Stored.Url, request.Keys.Hashes));
    }

    [Fact]
    public void Copy_KeepsTheKeysUnlessItAsksForSomethingElse()
    {
        var request = Request(Fields);
        var keys = request.Keys;

        Assert.Same(keys, (request with { Client = "192.0.2.1", FinishAbandoned = true }).Keys);
        Assert.All(
            new[]
            {
                request with { CacheScan = false },
                request with { Headers = [] },
                request with { Freshness = new Freshness(default, default) },
                request with { Policy = new(default, default, default, Core.Policies.PolicyAction.Pass) },
                request with { Target = Target("/other") },
            },
            other => Assert.NotEqual(keys.Answer([]), other.Keys.Answer([])));
    }

    [Theory]
    [InlineData("If-None-Match", "\"b\"")]
    [InlineData("Via", "1.1 b")]
    [InlineData("Accept", "text/html")]
    public void OtherField_IsAnotherAnswer(string name, string value) =>
        Assert.NotEqual(
            Request(Fields).Keys.Answer([]), Request([.. Fields.Where(field => field.Key != name), new(name, value)]).Keys.Answer([]));

    [Fact]
    public void NeutralField_SelectsOnlyAVariant()
    {
        GateRequest With(params (string Name, string Value)[] fields)
        {
            var request = Request([.. Fields, .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
            return request with { NeutralFields = ["Accept", "X-Id"] };
        }

        var (plain, text, html) = (With(), With(("accept", "text/plain")), With(("Accept", "text/html"), ("X-Id", "1")));

        Assert.Equal((plain.Keys.Answer([]), plain.Keys.Answer([])), (text.Keys.Answer([]), html.Keys.Answer([])));
        Assert.Equal(5, new[] { plain, text, html }.Select(request => request.Keys.Content.Of(["accept"]))
            .Concat([plain.Keys.Content.Of([]), plain.Keys.Content.Of(["accept", "x-id"])]).Distinct().Count());
        Assert.Equal(plain.Keys.Content.Of(["x-id"]), text.Keys.Content.Of(["x-id"]));
        Assert.Equal(["accept", "x-id"], plain.Keys.AllNeutral);
        Assert.Equal(5, new[] { plain, text, html }.Select(request => request.Keys.Answer(request.Keys.AllNeutral))
            .Concat([plain.Keys.Answer([]), plain.Keys.Answer(["accept"])]).Distinct().Count());
    }

    [Fact]
    public async Task ColdMiss_HashesTheRequestOnce()
    {
        using var store = new TempFolder();
        await using var rig = await GateRig.StartAsync(store.Path);
        rig.Origin.On("/file", RandomBody.Of(1_000));
        var request = new GateRequest(Core.Download.Target.TryCreate(rig.Origin.Url, "/file", out _)!, Fields[2..], CacheScan: true);

        await using (var result = await rig.Gate.OpenAsync(request, CancellationToken.None))
        {
            Assert.IsType<GateResult.Whole>(result);
        }

        Assert.Equal(1, request.Keys.Hashes);
    }

    /// <summary>Else the count above would say nothing.</summary>
    [Fact]
    public void Keys_AreHashedNowhereElseInTheGate()
    {
        var hashing = Directory.EnumerateFiles(Repository.File("src/ClamProxy.Core/Fetching"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("UrlKey.For(", StringComparison.Ordinal))
            .Select(Path.GetFileName);

        Assert.Equal(["DecodedAnswers.cs", "IdleRescans.cs", "RequestKeys.cs"], hashing.Order(StringComparer.Ordinal));
    }

    private static Target Target(string path) => Core.Download.Target.TryCreate("https://files.example.org", path, out _)!;

    private static GateRequest Request(IReadOnlyList<KeyValuePair<string, string>> fields) => new(Target("/file"), fields, CacheScan: true);
}
