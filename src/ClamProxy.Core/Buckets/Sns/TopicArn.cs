using System.Text.RegularExpressions;

namespace ClamProxy.Core.Buckets.Sns;

/// <summary>The name of a topic, which says its region.</summary>
/// <param name="Text">The whole of it.</param>
/// <param name="Region">Such as <c>eu-west-3</c>.</param>
internal sealed partial record TopicArn(string Text, string Region)
{
    /// <returns>Null: it is none.</returns>
    public static TopicArn? Parse(string text) =>
        Form().Match(text) is { Success: true } match ? new(text, match.Groups["region"].Value) : null;

    /// <summary>The host of AWS that has topics of this region.</summary>
    public string Host => Text.StartsWith("arn:aws-cn:", StringComparison.Ordinal)
        ? $"sns.{Region}.amazonaws.com.cn"
        : $"sns.{Region}.amazonaws.com";

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:sns:(?<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?\z")]
    private static partial Regex Form();
}
