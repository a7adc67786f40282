namespace ClamProxy.Configuration;

/// <summary>How the value of an options property is put together.</summary>
internal enum SettingKind
{
    /// <summary>One text.</summary>
    Value = 0,

    /// <summary>Texts, with commas or as an array.</summary>
    Values,

    /// <summary>An array of objects that have settings of their own.</summary>
    Objects,

    /// <summary>Names, each with an object that has settings of its own.</summary>
    Map,
}
