"""Facts as Parquet files, asked through Ibis. Knows no Django."""
