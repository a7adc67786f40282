using ClamProxy.Connections;
using ClamProxy.Core.Spool;
using ClamProxy.Core.Store;
using ClamProxy.Dashboard.Languages;

namespace ClamProxy.Dashboard.Pages;

/// <summary>How much of what is bounded is taken.</summary>
internal sealed class RoomRegion(SpoolFolder spool, ContentStore store, StoreOptions storeOptions, ConnectionBounds connections)
{
    public Html Of(Texts texts)
    {
        var ((disk, mostDisk), (memory, mostMemory)) = (spool.DiskUsage, spool.MemoryUsage);
        var open = connections.Readiness;
        return Html.Of($"""
            <ul class="work">
            {Item(texts["room.spool"], disk, mostDisk, Sizes(texts, disk, mostDisk), spool.Problem)}
            {Item(texts["room.memory"], memory, mostMemory, Sizes(texts, memory, mostMemory), null)}
            {Store(texts)}
            {Item(texts["room.connections"], open.Open, open.Most, Numbers(texts, open.Open, open.Most), null)}
            </ul>
            """);
    }

    private Html Store(Texts texts)
    {
        var usage = store.Usage;
        return !store.IsOn
            ? Html.Of($"""<li><span class="what">{texts["room.store"]}</span> <span class="facts">{texts["room.nostore"]}</span></li>""")
            : Item(
                texts["room.store"],
                usage.Bytes,
                storeOptions.Size,
                texts.With("room.files", Sizes(texts, usage.Bytes, storeOptions.Size), texts.Number(usage.Files)),
                store.Problem);
    }

    private static Html Item(string name, long used, long most, string text, string? problem) => Html.Of($"""
        <li><span class="what">{name}</span>
        <meter min="0" max="{Math.Max(1, most)}" value="{Math.Clamp(used, 0, Math.Max(1, most))}" aria-label="{name}"></meter>
        <span class="facts"><span>{text}</span></span>
        {(problem is null ? Html.None : Html.Of($"""<bdi class="bad" lang="en">{problem}</bdi>"""))}</li>
        """);

    private static string Sizes(Texts texts, long used, long most) =>
        most == long.MaxValue ? texts.Size(used) : texts.With("work.of", texts.Size(used), texts.Size(most));

    private static string Numbers(Texts texts, long used, long most) =>
        texts.With("work.of", texts.Number(used), texts.Number(most));
}
