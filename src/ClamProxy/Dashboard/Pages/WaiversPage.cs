using ClamProxy.Core.Policies;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>What is delivered although it is not clean, and who is responsible for that.</summary>
internal sealed class WaiversPage(Waivers waivers, TimeProvider clock)
{
    private const int Most = 1000;

    public Html Of(Texts texts)
    {
        var (now, all) = (clock.GetUtcNow(), waivers.All().Select(placed => placed.Rule).ToList());
        return PageLayout.Of(texts, DashboardPaths.Waivers, texts["waivers.title"], Html.Of($"""
            <p>{texts["waivers.what"]}</p>
            {Parts.Table(
                texts["waivers.title"],
                [
                    texts["column.state"], texts["column.for"], texts["column.owner"], texts["column.reason"], texts["column.expires"],
                ],
                [.. all.OrderByDescending(waiver => waiver.Expires).Take(Most).Select(waiver => Row(texts, waiver, now))],
                texts["waivers.none"])}
            """));
    }

    private static Html[] Row(Texts texts, Waiver waiver, DateTimeOffset now) =>
    [
        now < waiver.Expires
            ? Html.Of($"""<span class="verdict unscannable">{texts["waivers.inforce"]}</span>""")
            : Html.Of($"""<span class="verdict none">{texts["waivers.ended"]}</span>"""),
        waiver.Sha256 is { } sha256 ? Html.Of($"SHA-256 {Parts.Content(sha256)}")
            : waiver.Signature is { } signature ? Html.Of($"{texts["column.finding"]} {Parts.Said(signature)}")
            : Parts.Foreign(waiver.Target),
        Parts.Said(waiver.Owner),
        Parts.Said(waiver.Reason),
        Parts.Time(waiver.Expires),
    ];
}
