"""tourism 文旅数据: the city's tourism figures. Takes files that sources upload, after data contracts; keeps them as
Masters and as facts in Parquet; gives indicators, boards, fact sheets and forecasts with intervals.

The engines below `domain` (contracts, loading, facts, indicators, forecast) know no Django.
"""
