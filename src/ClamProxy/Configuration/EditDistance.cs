namespace ClamProxy.Configuration;

/// <summary>How many letters to add, drop or change make one name another (Levenshtein), in any case.</summary>
internal static class EditDistance
{
    // Longer keys are nobody's typing error; the work stays bounded.
    private const int LongestName = 100;

    public static int Between(string one, string other)
    {
        if (one.Length > LongestName || other.Length > LongestName)
        {
            return int.MaxValue;
        }

        int[] costs = [.. Enumerable.Range(0, other.Length + 1)];
        for (var i = 0; i < one.Length; i++)
        {
            var diagonal = costs[0];
            costs[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(one[i]) == char.ToUpperInvariant(other[j]) ? 0 : 1);
                diagonal = costs[j + 1];
                costs[j + 1] = Math.Min(change, Math.Min(diagonal, costs[j]) + 1);
            }
        }

        return costs[^1];
    }
}
