using ClamProxy.Core.Verdicts;
using ClamProxy.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace ClamProxy.Core.Tests.Verdicts;

/// <summary>From when on verdicts count: times only grow, whoever brings them.</summary>
public sealed class VerdictCutoffsTests
{
    private static readonly string Sha256 = new('a', 64);

    private readonly FakeTimeProvider _clock = FakeClock.Create();
    private readonly VerdictOptions _options = new() { MaxForgotten = 3 };

    [Fact]
    public void Rescan_OutdatesWhatIsNotInfected()
    {
        var cutoffs = New();
        var (clean, infected) = (Record(Verdict.Clean), Record(Verdict.Infected));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        cutoffs.RescanAll();

        Assert.True(cutoffs.IsOutdated(clean));
        Assert.False(cutoffs.IsOutdated(infected));
        Assert.False(cutoffs.IsForgotten(clean));
        Assert.False(cutoffs.IsOutdated(Record(Verdict.Clean)));
    }

    [Fact]
    public void Forget_IsOfAllOrOfOne()
    {
        var cutoffs = New();
        var (own, other) = (Record(Verdict.Infected), Record(Verdict.Infected) with { Sha256 = new('b', 64) });
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(cutoffs.TryForgetContent(Sha256));
        Assert.Equal((true, false), (cutoffs.IsForgotten(own), cutoffs.IsForgotten(other)));
        cutoffs.ForgetAll();
        Assert.True(cutoffs.IsForgotten(other));
    }

    [Fact]
    public void ScannedAndForgottenInTheSameMillisecond_IsForgotten()
    {
        var cutoffs = New();
        _clock.Advance(TimeSpan.FromMicroseconds(400));
        var record = Record(Verdict.Infected);
        _clock.Advance(TimeSpan.FromMicroseconds(500));

        cutoffs.ForgetAll();

        Assert.True(cutoffs.IsForgotten(record));
        _clock.Advance(VerdictCutoffs.Step);
        Assert.False(cutoffs.IsForgotten(Record(Verdict.Infected)));
    }

    [Fact]
    public void TwoThatExchange_KnowTheSame()
    {
        var (one, other) = (New(), New());
        one.TryForgetUrl("https://a.test/x");
        _clock.Advance(TimeSpan.FromSeconds(1));
        other.RescanAll();

        Assert.Single(one.Merge(other.All()));
        other.Merge(one.All());

        Assert.Empty(one.Merge(other.All()));
        Assert.Equal(one.All(), other.All());
        Assert.NotNull(other.ForgottenAt("https://a.test/x"));
    }

    [Theory]
    [InlineData("rescan", "99999999999999")]
    [InlineData("rescan", "-1")]
    [InlineData("rescan", "soon")]
    [InlineData("url:AB", "1")]
    [InlineData("other", "1")]
    public void WhatCannotBeRight_IsNotBelieved(string name, string text)
    {
        var cutoffs = New();
        cutoffs.Merge(new Dictionary<string, string> { [name] = text });
        Assert.Empty(cutoffs.All());
    }

    [Fact]
    public void Names_AreBoundedAndEndSomeTime()
    {
        var cutoffs = New();
        Assert.True(cutoffs.TryForgetUrl("https://a.test/1"));
        Assert.True(cutoffs.TryForgetUrl("https://a.test/2"));
        Assert.True(cutoffs.TryForgetUrl("https://a.test/3"));
        Assert.False(cutoffs.TryForgetUrl("https://a.test/4"));
        Assert.True(cutoffs.TryForgetUrl("https://a.test/1"));

        _clock.Advance(_options.ForgottenFor + TimeSpan.FromSeconds(1));

        Assert.True(cutoffs.TryForgetUrl("https://a.test/4"));
        Assert.Null(cutoffs.ForgottenAt("https://a.test/1"));
    }

    [Fact]
    public void Mark_IsNotedUntilAnotherIs()
    {
        var cutoffs = New();
        Assert.False(cutoffs.IsNoted(SignatureMark.Revision, "1"));
        cutoffs.Note(SignatureMark.Revision, "1");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(cutoffs.IsNoted(SignatureMark.Revision, "1"));
        cutoffs.Note(SignatureMark.Revision, "2");
        Assert.False(cutoffs.IsNoted(SignatureMark.Revision, "1"));
        Assert.False(cutoffs.IsNoted(SignatureMark.Folder, "2"));
    }

    [Theory]
    [InlineData("https://a/", true)]
    [InlineData("https://a/b/", true)]
    [InlineData("https://a/b/c/", false)]
    [InlineData("https://a/bc/", false)]
    [InlineData("https://other/", false)]
    public void ForgottenPrefix_IsOfTheUrlsBelowIt(string prefix, bool isForgotten)
    {
        var (here, there) = (New(), New());

        Assert.True(here.TryForgetPrefix(prefix));
        there.Merge(here.All());

        foreach (var cutoffs in new[] { here, there })
        {
            Assert.Equal(isForgotten, cutoffs.ForgottenAt("https://a/b/c?d=/e/") is not null);
        }
    }

    [Theory]
    [InlineData("https://a")]
    [InlineData("https://a/b")]
    [InlineData("https://a/b?c/")]
    public void PrefixWithoutASlashBehindIt_IsNone(string prefix) => Assert.Throws<ArgumentException>(() => New().TryForgetPrefix(prefix));

    private VerdictCutoffs New() => new(_options, _clock);

    private ContentRecord Record(Verdict verdict) => new(
        Sha256, verdict, verdict == Verdict.Infected ? "x" : null, UnscannableReason.None, null, null, null, null, _clock.GetUtcNow());
}
