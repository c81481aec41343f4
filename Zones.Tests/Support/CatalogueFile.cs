using Microsoft.Data.Sqlite;

namespace Zones.Tests.Support;

/// <summary>The catalogue as another program would open it: to read what no interface tells, to make it lie, to hold it locked.</summary>
internal static class CatalogueFile
{
    /// <summary>Runs one statement; the first column of each row as text.</summary>
    public static List<string> Run(string state, string sql)
    {
        using SqliteConnection connection = Open(state);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(reader.IsDBNull(0) ? "" : reader.GetString(0));
        }

        return rows;
    }

    /// <summary>Holds the catalogue's write lock until it is disposed.</summary>
    public static IDisposable Lock(string state)
    {
        SqliteConnection connection = Open(state);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private static SqliteConnection Open(string state)
    {
        SqliteConnection connection = new($"Data Source={Path.Combine(state, "zones.db")};Pooling=false");
        connection.Open();
        return connection;
    }
}
