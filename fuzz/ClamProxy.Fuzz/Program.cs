using System.Diagnostics;
using System.Globalization;
using ClamProxy.Fuzz;

// dotnet run -c Release --project fuzz/ClamProxy.Fuzz -- [mutations [seed]]
var mutations = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var corpus = Path.Combine(AppContext.BaseDirectory, "corpus");
var violations = 0;
foreach (var target in FuzzTarget.All)
{
    var watch = Stopwatch.StartNew();
    var totals = FuzzRun.Run(target, Corpus.Read(corpus, target), mutations, seed);
    violations += totals.Violations.Count;
    Console.WriteLine(
        $"{totals.Target}: {totals.Corpus} inputs of the corpus, {totals.Mutations} mutations (seed {seed}), {totals.Classes.Count} "
            + "classes, "
        + $"{totals.Violations.Count} violations, {watch.Elapsed.TotalSeconds:F1} s");
    foreach (var (name, count) in totals.Classes.OrderByDescending(one => one.Value).Take(12))
    {
        Console.WriteLine($"  {count,10} {name}");
    }

    foreach (var (property, input) in totals.Violations)
    {
        Console.WriteLine($"  VIOLATION {property}: {Convert.ToHexString(input)}");
    }
}

return violations == 0 ? 0 : 1;
