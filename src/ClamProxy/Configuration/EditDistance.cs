namespace ClamProxy.Configuration;

/// <summary>
/// How many letters to add, drop, change or swap with the next make one name another (optimal string alignment), in any case.
/// </summary>
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

        var costs = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                costs[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1, costs[i - 1, j - 1] + (IsSame(one[i - 1], other[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && IsSame(one[i - 1], other[j - 2]) && IsSame(one[i - 2], other[j - 1]))
                {
                    costs[i, j] = Math.Min(costs[i, j], costs[i - 2, j - 2] + 1);
                }
            }
        }

        return costs[one.Length, other.Length];
    }

    private static bool IsSame(char one, char other) => char.ToUpperInvariant(one) == char.ToUpperInvariant(other);
}
