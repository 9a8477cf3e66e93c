"""tourism 文旅数据: the city's tourism figures. Takes files and streams that sources upload; gives figures and their
forecasts, with intervals and what they cannot know.

So far only the engine `domain.forecast` and its command stand; it knows no Django.
"""
