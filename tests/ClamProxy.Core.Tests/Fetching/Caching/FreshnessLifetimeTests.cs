using System.Globalization;
using ClamProxy.Core.Fetching;
using ClamProxy.Core.Fetching.Caching;

namespace ClamProxy.Core.Tests.Fetching.Caching;

public sealed class FreshnessLifetimeTests
{
    private static readonly DateTimeOffset Asked = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(60, "Cache-Control: max-age=60")]
    [InlineData(5, "Cache-Control: max-age=60", "Cache-Control: s-maxage=5")]
    [InlineData(60, "Cache-Control: max-age=60", "Expires: -100")]
    [InlineData(0, "Cache-Control: max-age=0", "Expires: 100")]
    [InlineData(100, "Expires: 100")]
    [InlineData(110, "Expires: 100", "Date: -10")]
    [InlineData(0, "Expires: 100", "Date: 200")]
    [InlineData(0, "Expires: ", "Last-Modified: -10000")]
    [InlineData(100, "Last-Modified: -1000")]
    [InlineData(300, "Last-Modified: -1000000")]
    [InlineData(0, "Last-Modified: 1000")]
    [InlineData(0, "ETag: x")]
    [InlineData(0, "Cache-Control: max-age=60", "Age: x")]
    [InlineData(0, "Cache-Control: max-age=60", "Age: 1, 2")]
    [InlineData(0, "Cache-Control: max-age=60", "Age: 1", "Age: 1")]
    public void Lifetime_IsTheFirstThatUpstreamSays(int seconds, params string[] lines) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(200, lines));

    [Fact]
    public void Lifetime_OfWhatRedirectsLedTo_IsNone()
    {
        var (there, control) = (Head(200, []), CacheControl.Of(["max-age=60"]));
        var redirected = new UpstreamHead(200, null, there.Headers) { RedirectedTo = "https://files.example/a" };
        Assert.Equal(
            (TimeSpan.FromSeconds(60), TimeSpan.Zero),
            (FreshnessLifetime.Of(there, control, Asked), FreshnessLifetime.Of(redirected, control, Asked)));
    }

    [Theory]
    [InlineData(404, 10)]
    [InlineData(410, 10)]
    [InlineData(403, 0)]
    [InlineData(500, 0)]
    [InlineData(302, 0)]
    [InlineData(301, 100)]
    public void Guess_DependsOnTheStatus(int status, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(status, ["Last-Modified: -1000"]));

    [Fact]
    public void Guess_OfWhatIsPublic_IsMadeForEachStatus() =>
        Assert.Equal(TimeSpan.FromSeconds(100), Of(302, ["Last-Modified: -1000", "Cache-Control: public"]));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void Date_IsReadInItsThreeForms(string text) =>
        Assert.Equal(new DateTimeOffset(1994, 11, 6, 8, 49, 37, TimeSpan.Zero), HttpDates.Read(text));

    [Theory]
    [InlineData("0")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData(null)]
    public void WhatIsNoDate_IsNone(string? text) => Assert.Null(HttpDates.Read(text));

    [Theory]
    [InlineData(7, "Date: 0")]
    [InlineData(17, "Date: -10")]
    [InlineData(7, "Date: 10")]
    [InlineData(27, "Date: -10", "Age: 20")]
    [InlineData(17, "Date: -10", "Age: 5")]
    [InlineData(7)]
    public void Age_CountsFromTheOlderOfDateAndAge(int seconds, params string[] lines) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CurrentAge.Of(Head(200, lines), Asked, Asked.AddSeconds(7)));

    [Fact]
    public void DateOfTheSameSecond_IsNoAge() => Assert.Equal(
        TimeSpan.FromSeconds(7), CurrentAge.Of(Head(200, ["Date: 0"]), Asked.AddSeconds(0.9), Asked.AddSeconds(7.9)));

    private static TimeSpan Of(int status, string[] lines)
    {
        var head = Head(status, lines);
        return FreshnessLifetime.Of(head, head.CacheControl, Asked);
    }

    /// <summary>Numbers in fields that are dates are seconds from when upstream was asked.</summary>
    private static UpstreamHead Head(int status, string[] lines) => new(status, null, [.. lines.Select(line =>
    {
        var (name, value) = (line.Split(": ")[0], line.Split(": ")[1]);
        return KeyValuePair.Create(
            name,
            name is not ("Age" or "ETag") && int.TryParse(value, CultureInfo.InvariantCulture, out var seconds)
                ? Asked.AddSeconds(seconds).ToString("r", CultureInfo.InvariantCulture)
                : value);
    })]);
}
