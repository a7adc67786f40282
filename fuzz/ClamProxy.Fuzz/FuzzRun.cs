namespace ClamProxy.Fuzz;

/// <summary>The corpus first, then mutations of it; the same ones for the same seed.</summary>
internal static class FuzzRun
{
    private const int MostViolations = 10;

    public static FuzzTotals Run(FuzzTarget target, IReadOnlyList<byte[]> corpus, long mutations, int seed)
    {
        var mutator = new Mutator(seed, target.Words);
        var pool = corpus.ToList();
        var classes = new Dictionary<string, long>(StringComparer.Ordinal);
        var violations = new List<(string, byte[])>();
        foreach (var input in corpus)
        {
            Try(input);
        }

        for (var i = 0L; i < mutations && violations.Count < MostViolations; i++)
        {
            var input = mutator.Mutate(pool);
            if (Try(input))
            {
                pool.Add(input);
            }
        }

        return new FuzzTotals(target.Name, corpus.Count, mutations, classes, violations);

        bool Try(byte[] input)
        {
            var outcome = Check(target, input);
            if (outcome.Violation is { } property)
            {
                violations.Add((property, input));
            }

            classes[outcome.Class] = classes.GetValueOrDefault(outcome.Class) + 1;
            return classes[outcome.Class] == 1;
        }
    }

    private static FuzzOutcome Check(FuzzTarget target, byte[] input)
    {
        try
        {
            return target.Check(input);
        }
        catch (Exception e)
        {
            return new FuzzOutcome("throws", $"never throws: {e.GetType().Name}: {e.Message}");
        }
    }
}
