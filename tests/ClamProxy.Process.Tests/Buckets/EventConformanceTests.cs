using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Buckets;

/// <summary>Every form in which stores announce objects, by every source.</summary>
[Collection<EventTurns>]
public sealed class EventConformanceTests(EventWorld world)
{
    private static readonly byte[] Fine = [.. "fine"u8];
    private static readonly byte[] Later = [.. "later"u8];

    private FlowRig Rig => world.Rig;

    public static TheoryData<string> Sources => [.. EventWorld.Sources];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EveryForm_MovesTheObjectThatItNames(string source)
    {
        var keys = EventForms.All.ToDictionary(form => form.Key, form => $"{source}/forms/{form.Key}/a b+c%20ü.txt");
        foreach (var (form, write) in EventForms.All)
        {
            await Rig.PutAsync(keys[form], Fine);
            await world.SendAsync(source, write(Rig.Untrusted, keys[form], null));
        }

        await FlowRig.UntilAsync(async () => (await PlacedAsync(source, "/forms/")).Length >= keys.Count);

        Assert.Equal(keys.Values.Order(StringComparer.Ordinal), (await PlacedAsync(source, "/forms/")).Order(StringComparer.Ordinal));
        Assert.Empty((await Rig.KeysAsync(Rig.Untrusted)).Intersect(keys.Values));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task EventOfAVersion_MovesThatOneAndLeavesTheLater(string source)
    {
        var forms = EventForms.All.Where(form => form.Key is "Amazon 2.1" or "EventBridge" or "MinIO" or "Ceph").ToList();
        foreach (var (form, write) in forms)
        {
            var key = $"{source}/versions/{form}";
            var version = await Rig.PutAsync(key, Fine);
            await Rig.PutAsync(key, Later);
            await world.SendAsync(source, write(Rig.Untrusted, key, version));
        }

        await FlowRig.UntilAsync(async () => (await PlacedAsync(source, "/versions/")).Length == forms.Count);

        foreach (var key in await PlacedAsync(source, "/versions/"))
        {
            Assert.Equal(Fine, await Rig.BytesAsync(Rig.Clean, $"{source}/{key}"));
            Assert.Equal(Later, await Rig.BytesAsync(Rig.Untrusted, key));
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task TestEventSeveralRecordsAndAnInfectedOne_EachIsDoneAsItSays(string source)
    {
        string[] keys = [$"{source}/several/gone", $"{source}/several/1", $"{source}/several/2", $"{source}/several/bad"];
        await Rig.PutAsync(keys[0], Fine);
        await Rig.PutAsync(keys[1], Fine);
        await Rig.PutAsync(keys[2], Fine);
        await Rig.PutAsync(keys[3], Eicar.Bytes);
        await world.SendAsync(source, EventForms.Test);
        await world.SendAsync(source, EventForms.Several(Rig.Untrusted, keys));

        await FlowRig.UntilAsync(async () => (await Rig.KeysAsync(Rig.Quarantine)).Contains($"{source}/{keys[3]}.report.json"));
        await FlowRig.UntilAsync(async () => !(await Rig.KeysAsync(Rig.Untrusted)).Contains(keys[3]));

        Assert.Equal(keys[1..3], await PlacedAsync(source, "/several/"));
        Assert.Contains(keys[0], await Rig.KeysAsync(Rig.Untrusted));
    }

    [Fact]
    public async Task ObjectThatFailsTooOften_StaysAndItsMessageIsSetAsideWithTheReason()
    {
        const string Dead = "{stream-events}:clamproxy-stream:dead";
        Rig.Clamd.OnContent = (connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        };
        await Rig.PutAsync("stream/fails", [.. "a content that nobody has scanned"u8]);
        await world.SendAsync("stream", EventForms.Amazon("2.1", Rig.Untrusted, "stream/fails", null));

        await FlowRig.UntilAsync(async () => await world.Redis.AskAsync("XLEN", Dead) == ":1");
        Rig.Clamd.OnContent = null;

        var letter = (await world.Redis.AskAsync("XRANGE", Dead, "-", "+"))!.Split('\n');
        Assert.Equal("2", letter[Array.IndexOf(letter, "deliveries") + 1]);
        Assert.NotEmpty(letter[Array.IndexOf(letter, "reason") + 1]);
        Assert.Contains("stream/fails", letter[Array.IndexOf(letter, "message") + 1], StringComparison.Ordinal);
        Assert.Contains("stream/fails", await Rig.KeysAsync(Rig.Untrusted));
    }

    /// <returns>The keys that objects had, of those of a source that are in the clean bucket.</returns>
    private async Task<string[]> PlacedAsync(string source, string part) =>
        [.. (await Rig.KeysAsync(Rig.Clean))
            .Where(key => key.StartsWith($"{source}/{source}/", StringComparison.Ordinal) && key.Contains(part, StringComparison.Ordinal))
            .Select(key => key[(source.Length + 1)..])];
}
