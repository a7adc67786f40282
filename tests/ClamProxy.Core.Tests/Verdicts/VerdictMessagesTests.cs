using ClamProxy.Core.Verdicts;

namespace ClamProxy.Core.Tests.Verdicts;

public sealed class VerdictMessagesTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static readonly ContentRecord s_clean = new(
        new string('a', 64), Verdict.Clean, null, UnscannableReason.None, null, "1.4.6", 27826, null, DateTimeOffset.UnixEpoch.AddDays(1));

    [Theory]
    [InlineData(null)]
    [InlineData(Key)]
    public void Told_IsReadWordForWord(string? key)
    {
        var messages = Of(key);

        Assert.Equal(s_clean, messages.Read("scan:1", s_clean.Sha256, messages.Write("scan:1", s_clean)));
    }

    [Fact]
    public void OfAnotherContent_IsNotBelieved() =>
        Assert.Null(Of(null).Read("scan:1", new string('b', 64), Of(null).Write("scan:1", s_clean)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("clean")]
    public void NoVerdict_IsNotBelieved(string text) => Assert.Null(Of(null).Read("scan:1", s_clean.Sha256, text));

    [Fact]
    public void KeyIsSet_UnsignedOrSignedByAnotherOrForAnotherScan_IsNotBelieved()
    {
        var messages = Of(Key);

        Assert.Null(messages.Read("scan:1", s_clean.Sha256, Of(null).Write("scan:1", s_clean)));
        Assert.Null(messages.Read("scan:1", s_clean.Sha256, Of(new string('x', 32)).Write("scan:1", s_clean)));
        Assert.Null(messages.Read("scan:1", s_clean.Sha256, messages.Write("scan:2", s_clean)));
    }

    [Fact]
    public void LongSignature_StaysInfected()
    {
        var infected = s_clean with { Verdict = Verdict.Infected, Signature = new string('S', 5000) };

        var read = Of(Key).Read("scan:1", s_clean.Sha256, Of(Key).Write("scan:1", infected));

        Assert.Equal((Verdict.Infected, 400), (read!.Verdict, read.Signature!.Length));
    }

    private static VerdictMessages Of(string? key) =>
        new(new VerdictOptions { Keys = key is null ? [] : [key] }, TimeProvider.System);
}
