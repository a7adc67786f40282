namespace ClamProxy.Core.Settings;

/// <summary>What a setting's key, or one of its values, was called before: operators' files that say so stay right.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class EarlierNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
