using System.Text;
using System.Text.Json;
using ClamProxy.Core.Settings;
using ClamProxy.Core.Tests.Verdicts.Conformance;
using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class RecordSealTests
{
    private const string One = "the first key, of more than 32 characters";
    private const string Two = "the second key, of more than 32 characters";
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);
    private static readonly byte[] Record = VerdictFormat.Write(Records.Content, Records.Clean);

    private readonly FakeTimeProvider _clock = FakeClock.Create();

    [Fact]
    public void SealedRecord_IsJsonThatOthersReadAndOpensToWhatItWas()
    {
        var stored = Seal(One).Seal("key", Record);

        Assert.Equal(64, JsonDocument.Parse(stored).RootElement.GetProperty("mac").GetString()!.Length);
        Assert.Equal(Records.Clean, VerdictFormat.ReadContent(Records.Content, stored));
        Assert.Equal(Record, Seal(One).Open("key", stored).Record);
    }

    [Fact]
    public void RecordUnderAnotherKeyOfRedis_IsNotBelieved() =>
        Assert.Equal((null, SealProblem.Wrong), Seal(One).Open("other", Seal(One).Seal("key", Record)));

    [Fact]
    public void RecordWithoutSignature_IsNotBelieved()
    {
        foreach (var stored in (byte[][])[Record, [], "{}"u8.ToArray(), Encoding.ASCII.GetBytes($"{{\"mac\":\"{new string('0', 64)}\"}}")])
        {
            Assert.Equal((null, SealProblem.Missing), Seal(One).Open("key", stored));
        }
    }

    [Fact]
    public void RecordWithAnyByteChanged_IsNotBelieved()
    {
        var stored = Seal(One).Seal("key", Record);
        for (var i = 0; i < stored.Length; i++)
        {
            byte[] changed = [.. stored];
            changed[i] ^= 1;
            Assert.Null(Seal(One).Open("key", changed).Record);
        }
    }

    [Fact]
    public void FirstKeySigns_AndEachIsAccepted()
    {
        Assert.Equal(Record, Seal(Two, One).Open("key", Seal(One).Seal("key", Record)).Record);
        Assert.Equal(Record, Seal(Two).Open("key", Seal(Two, One).Seal("key", Record)).Record);
        Assert.Equal((null, SealProblem.Wrong), Seal(Two).Open("key", Seal(One).Seal("key", Record)));
    }

    [Fact]
    public void RecordThatRedisKeptTooLong_IsNotBelieved()
    {
        var stored = Seal(One).Seal("key", Record);
        _clock.Advance(Life - TimeSpan.FromSeconds(1));
        Assert.NotNull(Seal(One).Open("key", stored).Record);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((null, SealProblem.Expired), Seal(One).Open("key", stored));
    }

    [Fact]
    public void ShortKey_IsAProblemThatDoesNotShowIt()
    {
        var problems = new VerdictOptions { Keys = [One, "hunter2"] }.Problems().ToList();

        Assert.Equal(new SettingProblem(nameof(VerdictOptions.Keys), "***", problems[0].Takes), Assert.Single(problems));
        Assert.DoesNotContain("hunter2", problems[0].ToString(), StringComparison.Ordinal);
    }

    private RecordSeal Seal(params string[] keys) => new(keys, Life, _clock);
}
