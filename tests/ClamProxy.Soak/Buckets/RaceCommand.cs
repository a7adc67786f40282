using System.Globalization;
using System.Text;
using ClamProxy.Core.Buckets;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Buckets;

/// <summary>The race matrix of buckets as a command.</summary>
internal static class RaceCommand
{
    private static readonly IReadOnlyDictionary<string, Func<Task<IS3Server>>> s_stores =
        new Dictionary<string, Func<Task<IS3Server>>>(StringComparer.OrdinalIgnoreCase)
        {
            ["moto"] = async () => await MotoServer.StartAsync(),
            ["ceph"] = async () => await RadosGateway.StartAsync(CancellationToken.None),
        };

    public static IEnumerable<string> Stores => s_stores.Keys;

    /// <param name="names">A store, and actions, versionings, contents and changes; of what is not named all are meant, of stores moto.
    /// </param>
    /// <returns>Null: a name is none.</returns>
    public static (Func<Task<IS3Server>> Store, Func<RaceKind, bool> IsMeant)? Parse(string[] names)
    {
        var store = names.FirstOrDefault(s_stores.ContainsKey) ?? "moto";
        var (actions, versionings, contents, changes) =
            (Named<BucketAction>(names), Named<Versioning>(names), Named<RaceContent>(names), Named<ObjectChange>(names));
        var known = names.Count(s_stores.ContainsKey) + actions.Count + versionings.Count + contents.Count + changes.Count;
        return known != names.Length
            ? null
            : (s_stores[store], kind => Has(actions, kind.Action) && Has(versionings, kind.Versioning) && Has(contents, kind.Content)
                && (kind.Change is not { } change || Has(changes, change)));
    }

    /// <returns>The exit code: 0 when everything held in all cells.</returns>
    public static async Task<int> RunAsync(Func<Task<IS3Server>> start, Func<RaceKind, bool> isMeant)
    {
        var matrix = new RaceMatrix(Console.Error.WriteLine);
        var (isForgetful, store) = (true, (IS3Server?)null);
        try
        {
            foreach (var share in Shares(isMeant))
            {
                if (isForgetful)
                {
                    await (store?.DisposeAsync() ?? ValueTask.CompletedTask);
                    store = await start();

                    // moto keeps a file open for each content that it ever had, until no more can be opened.
                    isForgetful = store is MotoServer;
                }

                await matrix.RunAsync(store!, share);
            }
        }
        finally
        {
            await (store?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Console.Write(Write(matrix));
        return matrix.IsGood ? 0 : 1;
    }

    /// <returns>The exit code: 0 when everything held in all cells.</returns>
    public static async Task<int> KillAsync(Func<RaceKind, bool> isMeant)
    {
        await using var store = await MotoServer.StartAsync();
        var matrix = new RaceMatrix(Console.Error.WriteLine);
        await matrix.KillAsync(store, isMeant);
        Console.Write(Write(matrix));
        return matrix.IsGood ? 0 : 1;
    }

    /// <summary>A row for each change, a column for each flow: how many cells failed of how many.</summary>
    public static string Write(RaceMatrix matrix)
    {
        var flows = matrix.Cells.Select(cell => (cell.Kind.Action, cell.Kind.Versioning)).Distinct().ToList();
        var text = new StringBuilder();
        text.AppendLine(Line("failed of all cells", flows.Select(flow => $"{flow.Action} {flow.Versioning}")));
        foreach (var change in matrix.Cells.GroupBy(cell => cell.Kind.Change))
        {
            text.AppendLine(Line(
                change.Key?.ToString() ?? "no change",
                flows.Select(flow => Count(change.Where(cell => (cell.Kind.Action, cell.Kind.Versioning) == flow)))));
        }

        text.AppendLine(Line("all", [Count(matrix.Cells)]));
        return matrix.Impossible == 0
            ? text.ToString()
            : text.AppendLine(CultureInfo.InvariantCulture, $"{matrix.Impossible} not run: the store looks at no condition of deletions")
                .ToString();
    }

    /// <summary>The flows and contents that are meant, one after the other.</summary>
    private static IEnumerable<Func<RaceKind, bool>> Shares(Func<RaceKind, bool> isMeant) =>
        from action in Enum.GetValues<BucketAction>()
        from versioning in Enum.GetValues<Versioning>()
        from content in Enum.GetValues<RaceContent>()
        where isMeant(new RaceKind(action, versioning, content, null))
        select (Func<RaceKind, bool>)(kind =>
            (kind.Action, kind.Versioning, kind.Content) == (action, versioning, content) && isMeant(kind));

    private static List<T> Named<T>(string[] names)
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Where(one => names.Contains(one.ToString(), StringComparer.OrdinalIgnoreCase))];

    private static bool Has<T>(List<T> named, T one) => named.Count == 0 || named.Contains(one);

    private static string Count(IEnumerable<RaceCell> cells) => cells.ToList() is { Count: > 0 } all
        ? string.Create(CultureInfo.InvariantCulture, $"{all.Count(cell => cell.Problems.Count > 0)} of {all.Count}")
        : "-";

    private static string Line(string name, IEnumerable<string> cells) =>
        $"{name,-20}{string.Concat(cells.Select(cell => $"{cell,16}"))}".TrimEnd();
}
